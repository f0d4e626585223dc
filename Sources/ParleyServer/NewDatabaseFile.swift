import Database

/// A database file that is about to be made, because there is none at its path: the path may be a wrong one.
struct NewDatabaseFile {
    let path: String
    /// The newest backup of a database of that name, which is a sign that there was one.
    let backup: String?

    /// Nil where there is a file, or where the database is in memory.
    init?(_ settings: Settings) {
        guard case .file(let name) = settings.database, !FilePresence.exists(name) else { return nil }
        let store = BackupStore(database: name)
        path = store.database
        backup = (try? store.list())?.first?.path
    }

    /// For people.
    var text: String {
        let note = "note: \(path) is made: there was no file"
        guard let backup else { return note }
        return note + "\nwarning: there are backups of a database of this name, the newest is \(backup); to put it back: "
            + "parley backup restore \(backup) --database \(path)"
    }
}
