import Migrations

extension Migrator {
    /// Makes the next migration file; no database is looked at.
    ///
    /// - Parameter name: what it will do, in a few words.
    public func new(_ name: String) -> MigrationDraftReport {
        let draft = MigrationDraft(directory: settings.migrations)
        do throws(MigrationFailure) {
            return MigrationDraftReport(.success(try draft.create(name)), directory: settings.migrations)
        } catch {
            return MigrationDraftReport(.failure(error), directory: settings.migrations)
        }
    }
}
