/// One thing that has to be in order.
struct HealthCheck: Sendable {
    /// What is looked at; the raw value is its name in paths, in `exclude` and in the text form.
    enum Name: String, Sendable, CaseIterable {
        case ping, startup, shutdown, migrations, database, files, disk

        /// Its key in health+json: a component and what is measured of it.
        var measurement: StaticString {
            switch self {
            case .ping: "process:ping"
            case .startup: "process:startup"
            case .shutdown: "process:shutdown"
            case .migrations: "migrations:state"
            case .database: "sqlite:ping"
            case .files: "sqlite:files"
            case .disk: "disk:room"
            }
        }

        /// As the draft has it: `datastore`, `system` or `component`.
        var componentType: String {
            switch self {
            case .migrations, .database, .files: "datastore"
            case .disk: "system"
            case .ping, .startup, .shutdown: "component"
            }
        }
    }

    let name: Name
    let passes: Bool
    /// A sentence for anyone: no path, and nothing that the database has said.
    let output: String
}
