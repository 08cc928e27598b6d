//! Specification of the loader: shipped files load silently, broken ones say exactly what is wrong.

use super::*;

#[test]
fn try_all() {
    for name in ["smoke", "xiamen", "guangzhou", "baseline_city"] {
        let problems = check(Path::new(&format!("scenarios/{name}.toml")));
        println!("{problems}");
    }
}
