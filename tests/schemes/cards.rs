//! The cards of the schemes are those of the scenarios.

use std::path::Path;

#[test]
fn the_cards_have_not_drifted_from_the_scenarios() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let room = tempfile::tempdir().expect("a folder");
    let ended = assert_cmd::Command::cargo_bin("aftercare")
        .expect("the program")
        .current_dir(root)
        .args(["scenarios", "--cards"])
        .arg(room.path())
        .ok();
    assert!(ended.is_ok(), "{ended:?}");
    let mut cards = 0;
    for entry in std::fs::read_dir(room.path()).expect("cards") {
        let path = entry.expect("a card").path();
        let name = path.file_name().expect("a name");
        let fresh = std::fs::read_to_string(&path).expect("a card");
        let committed = std::fs::read_to_string(root.join("docs/schemes").join(name));
        let advice = "run `aftercare scenarios --cards docs/schemes`";
        assert_eq!(committed.unwrap_or_default(), fresh, "{}: {advice}", name.to_string_lossy());
        cards += 1;
    }
    assert!(cards >= 12, "{cards} cards");
}
