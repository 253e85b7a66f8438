//! `docs/permissions.md` and `docs/rooms.md`: their tables have what the contract has, and the defaults of a new room.

use std::collections::BTreeMap;

use e2e::{Guest, Shape, System};
use proto::room::v1::Permission;
use reqwest::Method;
use serde_json::Value;

use super::read;

/// The cells of the rows of a page whose first cell has the form of `like`.
fn rows(page: &str, like: impl Fn(&str) -> bool) -> Vec<Vec<String>> {
    let text = read(page);
    let lines = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix('|'));
    let cells = lines.map(|line| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
    cells.filter(|cells| like(&cells[0])).collect()
}

fn permissions() -> Vec<Vec<String>> {
    rows("docs/permissions.md", |cell| cell.parse::<u32>().is_ok())
}

#[test]
fn the_page_of_permissions_has_every_bit_of_the_contract() {
    let contract = proto::POOL.get_enum_by_name("syncwatch.room.v1.Permission").unwrap();
    let expected: Vec<_> = contract
        .values()
        .filter(|value| value.number() != 0)
        .map(|value| {
            let name = value.name().trim_start_matches("PERMISSION_").to_ascii_lowercase();
            (value.number().to_string(), format!("`{name}`"), super::errors::comment(&value))
        })
        .collect();
    let written = permissions().into_iter().map(|row| (row[0].clone(), row[1].clone(), row[2].clone()));
    assert_eq!(written.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_page_of_permissions_has_the_defaults_of_a_new_room() -> anyhow::Result<()> {
    let system = System::start(Shape::One)?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    let listed = mia.ok(Method::GET, &format!("/api/rooms/{room}/roles"), Value::Null).await?;
    let roles: BTreeMap<_, Vec<_>> = listed["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| {
            let permissions = role["permissions"].as_array().unwrap().iter();
            (role["id"].as_str().unwrap(), permissions.map(|name| name.as_str().unwrap()).collect())
        })
        .collect();
    for row in permissions() {
        let permission = Permission::try_from(row[0].parse::<i32>()?)?.as_str_name();
        let written: Vec<_> = row[3..6].iter().map(|cell| cell == "yes").collect();
        let granted = ["guest", "member", "moderator"].map(|role| roles[role].contains(&permission));
        assert_eq!(written, granted, "{permission}");
    }
    Ok(())
}

/// The fields of the settings of rooms by their JSON names, those of policies behind a dot.
#[test]
fn the_page_of_rooms_has_every_setting_and_state() {
    let settings = proto::POOL.get_message_by_name("syncwatch.room.v1.RoomSettings").unwrap();
    let names = settings.fields().flat_map(|field| {
        let part =
            field.kind().as_message().filter(|part| part.full_name().starts_with("syncwatch.")).cloned();
        match part {
            Some(part) => part
                .fields()
                .map(|inner| format!("`{}.{}`", field.json_name(), inner.json_name()))
                .collect::<Vec<_>>(),
            None => vec![format!("`{}`", field.json_name())],
        }
    });
    let written = rows("docs/rooms.md", |cell| cell.starts_with('`'));
    let written: Vec<_> = written.into_iter().map(|row| row[0].clone()).collect();
    // Output only; the page says so below the table.
    let missing: Vec<_> =
        names.filter(|name| name != "`join.passwordSet`" && !written.contains(name)).collect();
    assert!(missing.is_empty(), "docs/rooms.md lacks {missing:?}");
    let states = proto::POOL.get_enum_by_name("syncwatch.room.v1.RoomState").unwrap();
    for state in states.values().filter(|state| state.number() != 0) {
        let name = format!("`{}`", state.name().trim_start_matches("ROOM_STATE_"));
        assert!(written.contains(&name), "docs/rooms.md lacks the state {name}");
    }
}
