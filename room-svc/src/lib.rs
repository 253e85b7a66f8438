//! Rooms, members, playlists and chat.
