//! The word filters of a room.

use std::{collections::HashMap, sync::Arc};

use ids::{FilterId, RoomId};
use parking_lot::Mutex;
use proto::room::v1::{
    ChatFilter, FilterRule, FiltersChanged, Permission, TryFilterResponse, room_event::Kind,
};

use crate::{
    app::{App, unit::Unit},
    domain::{Caller, Filter, RoomKey, filtered, timestamp},
    error::{Error, Result},
    store::chat::{filters, messages},
};

/// Filters of one room.
const MOST: usize = 100;
/// Messages that a trial looks at.
const TRIED: i64 = 10_000;
/// Messages that match which a trial shows.
const SHOWN: usize = 20;
/// Longest time of a trial. What was not looked at by then is not counted.
const TRIAL_US: i64 = 2_000_000;
/// Rooms whose compiled filters are kept.
const MOST_ROOMS: usize = 1000;

/// The compiled filters of rooms, each with the version that it was made from.
#[derive(Default)]
pub(crate) struct FilterCache(Mutex<HashMap<RoomId, Compiled>>);

/// The version of the filters of a room, and the filters.
type Compiled = (i64, Arc<Vec<Filter>>);

impl App {
    /// The text as the filters of the room let it pass.
    pub(super) async fn filtered(&self, unit: &mut Unit<'_>, text: String) -> Result<String> {
        let room = unit.room_id();
        let version = filters::version(unit.db(), room).await?;
        if version == 0 {
            return Ok(text);
        }
        let known =
            self.filters.0.lock().get(&room).filter(|(of, _)| *of == version).map(|(_, known)| known.clone());
        let compiled = if let Some(known) = known {
            known
        } else {
            let stored = filters::list(unit.db(), room).await?;
            let rules = stored.iter().filter_map(|filter| filter.rule.as_ref());
            // A rule was checked when it was added; one that no longer compiles stops nobody from writing.
            let compiled = Arc::new(rules.filter_map(|rule| Filter::new(rule).ok()).collect::<Vec<_>>());
            let mut cache = self.filters.0.lock();
            if cache.len() >= MOST_ROOMS {
                cache.clear();
            }
            cache.insert(room, (version, compiled.clone()));
            compiled
        };
        filtered(&compiled, text)
    }

    /// Adds a filter, or changes the action of the one with the same pattern.
    pub(crate) async fn create_filter(
        &self,
        caller: &Caller,
        room: &RoomKey,
        rule: &FilterRule,
    ) -> Result<ChatFilter> {
        Filter::new(rule)?;
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        let id = unit.room_id();
        let present = filters::list(unit.db(), id).await?;
        let is_same = |filter: &ChatFilter| {
            filter.rule.as_ref().is_some_and(|of| of.pattern == rule.pattern && of.is_regex == rule.is_regex)
        };
        let same = present.iter().find(|filter| is_same(filter));
        if same.is_none() && present.len() >= MOST {
            return Err(Error::ChatListFull { list: "filters", max: MOST });
        }
        let created_at = Some(timestamp(unit.now()));
        let filter = ChatFilter {
            id: same.map_or_else(|| FilterId::new().to_string(), |same| same.id.clone()),
            rule: Some(rule.clone()),
            created_by: caller.id.to_string(),
            created_at,
        };
        filters::put(&mut unit, &filter).await?;
        unit.commit(Kind::FiltersChanged(FiltersChanged {})).await?;
        Ok(filter)
    }

    /// The filters, oldest first.
    pub(crate) async fn list_filters(&self, caller: &Caller, room: &RoomKey) -> Result<Vec<ChatFilter>> {
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ManageSettings)?;
        filters::list(&self.pool, access.room.id).await
    }

    /// Deletes a filter.
    pub(crate) async fn delete_filter(
        &self,
        caller: &Caller,
        room: &RoomKey,
        id: Option<FilterId>,
    ) -> Result<()> {
        let mut unit = self.open(room, caller).await?;
        unit.need(Permission::ManageSettings)?;
        // An invalid id names no filter.
        let Some(id) = id else { return Ok(()) };
        filters::delete(&mut unit, id).await?;
        unit.commit(Kind::FiltersChanged(FiltersChanged {})).await
    }

    /// Shows which of the last messages a rule would have stopped.
    pub(crate) async fn try_filter(
        &self,
        caller: &Caller,
        room: &RoomKey,
        rule: &FilterRule,
    ) -> Result<TryFilterResponse> {
        let filter = Filter::new(rule)?;
        let access = self.get_access(caller, room).await?;
        access.member.need(Permission::ManageSettings)?;
        let texts = messages::texts(&self.pool, access.room.id, TRIED).await?;
        let clock = self.clock.clone();
        let end_us = clock.now_us() + TRIAL_US;
        let search = move || {
            let (mut looked_at, mut matches) = (0, Vec::new());
            for (id, text) in texts {
                if clock.now_us() > end_us {
                    break;
                }
                looked_at += 1;
                if filter.matches(&text) {
                    matches.push(id);
                }
            }
            (looked_at, matches)
        };
        // A search of ten thousand texts is work for a thread of its own.
        let (message_count, matches) = tokio::task::spawn_blocking(search).await.map_err(Error::Trial)?;
        let shown = matches.get(..SHOWN).unwrap_or(&matches);
        let mut shown = messages::get_many(&self.pool, access.room.id, shown).await?;
        shown.sort_by_key(|message| std::cmp::Reverse(message.id));
        Ok(TryFilterResponse {
            message_count,
            match_count: i32::try_from(matches.len()).unwrap_or(i32::MAX),
            matches: shown.into_iter().map(Into::into).collect(),
        })
    }
}
