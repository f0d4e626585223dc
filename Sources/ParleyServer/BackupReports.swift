import Database
import Migrations

/// What `parley backup create` has made.
public struct BackupCreation: Sendable {
    let backup: Backup
    let duration: Duration

    /// For people.
    public var text: String { "backup made: \(backup.path) (\(ByteCount.text(backup.bytes)), \(duration.milliseconds) ms)" }

    /// For machines.
    public var json: [UInt8] {
        CommandDocument.make("backup create", ok: true) { json in
            backup.write(&json)
            json.member("duration_ms", duration.milliseconds)
        }
    }
}

/// What `parley backup list` has found.
public struct BackupList: Sendable {
    let database: String
    let backups: [Backup]

    /// A table for people.
    public var text: String {
        guard !backups.isEmpty else { return "no backups of \(database)" }
        return ([Self.row("MADE AT", "SIZE", "KIND", "FILE")] + backups.map(Self.row)).joined(separator: "\n")
    }

    /// For machines.
    public var json: [UInt8] {
        CommandDocument.make("backup list", ok: true) { json in
            json.member("database", database)
            json.member("data") { $0.array(backups) { json, backup in json.object(backup.write) } }
        }
    }

    private static func row(_ backup: Backup) -> String {
        let kind =
            switch backup.kind {
            case .manual: "manual"
            case .automatic(let version): "before \(version)"
            }
        return row(String(backup.time.rfc3339.prefix(19)) + "Z", ByteCount.text(backup.bytes), kind, backup.path)
    }

    private static func row(_ time: String, _ size: String, _ kind: String, _ file: String) -> String {
        "\(time.padded(to: 22))\(size.padded(to: 11))\(kind.padded(to: 12))\(file)"
    }
}

/// What `parley backup verify` has found.
public struct BackupFindings: Sendable {
    let verification: BackupVerification
    let newestMigration: String?

    /// Why the backup cannot be used; nil for a sound one.
    public var failure: ApplicationError? {
        verification.isSound ? nil : .backup(BackupError(unsound: verification))
    }

    /// For people. The first fault is in ``failure``'s description.
    public var text: String {
        guard verification.isSound else { return verification.faults.dropFirst().map { "\($0)\n" }.joined() }
        let orphans = verification.orphans
        let lines = [
            "sound: \(verification.path) (\(ByteCount.text(verification.bytes)))",
            "  newest migration: \(newestMigration ?? "none recorded")",
            "  rows without a parent: \(orphans == 0 ? "none" : "\(orphans), as in the database it was made of")",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    /// For machines.
    public var json: [UInt8] {
        CommandDocument.make("backup verify", ok: verification.isSound, errors: failure?.documentedErrors ?? []) { json in
            json.member("path", verification.path)
            json.member("bytes", verification.bytes)
            json.member("newest_migration", newestMigration)
            json.member("objects", verification.objects)
            json.member("orphans", verification.orphans)
            json.member("faults") { $0.array(verification.faults) { $0.string($1) } }
        }
    }
}

/// What `parley backup restore` has done.
public struct BackupRestoration: Sendable {
    let backup: String
    let restoration: Restoration
    /// The files that are pending in what was put back.
    let pending: [String]

    /// For people.
    public var text: String {
        let kept = restoration.replaced.map { "\nwhat was there before is kept as \($0)" } ?? ""
        return "restored: \(restoration.database) is \(backup) again (\(ByteCount.text(restoration.bytes)))\(kept)\(next)"
    }

    /// What has been wrong once would be done again.
    private var next: String {
        guard let first = pending.first else { return "" }
        let (files, them) = pending.count == 1 ? ("\(first) is", "it") : ("\(first) and \(pending.count - 1) more are", "them")
        return "\nnext: \(files) pending in it and will run at the next start: correct \(them), or start the older release"
    }

    /// For machines.
    public var json: [UInt8] {
        CommandDocument.make("backup restore", ok: true) { json in
            json.member("database", restoration.database)
            json.member("backup", backup)
            json.member("replaced", restoration.replaced)
            json.member("bytes", restoration.bytes)
        }
    }
}

extension Backup {
    func write(_ json: inout JSONWriter) {
        json.member("path", path)
        if case .automatic(let version) = kind {
            json.member("kind", "automatic")
            json.member("before_version", version)
        } else {
            json.member("kind", "manual")
            json.null("before_version")
        }
        json.member("created_at", time.rfc3339)
        json.member("bytes", bytes)
    }
}

/// Bytes for people, in the units that `ls -h` has: `412 B`, `12.3 KiB`.
public enum ByteCount {
    public static func text(_ bytes: Int) -> String {
        guard bytes >= 1_024 else { return "\(bytes) B" }
        var (tenths, unit) = (bytes * 10 / 1_024, 0)
        let units = ["KiB", "MiB", "GiB", "TiB"]
        while tenths >= 10_240, unit < units.count - 1 { (tenths, unit) = (tenths / 1_024, unit + 1) }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
