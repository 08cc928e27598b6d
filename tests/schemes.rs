//! The rules of every scheme, one test a rule: the key of the scenario file that carries it is changed, and a
//! named fact of a run changes with it. `cargo test schemes -- --list` reads as the list of rules.

mod schemes {
    mod town;

    mod beijing;
    mod cards;
    mod county;
    mod cross_province;
    mod dalian;
    mod files;
    mod guangzhou;
    mod kunming;
    mod lianyungang;
    mod mianyang;
    mod pairs;
    mod quanzhou;
    mod sizes;
    mod suzhou;
    mod table;
    mod xiamen;
    mod zhuhai;
}
