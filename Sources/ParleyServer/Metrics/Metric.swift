import Metrics

/// Every metric that `/metrics` has. `docs/metrics.md` explains each; a test holds the two to each other.
enum Metric: String, CaseIterable, Sendable {
    case requestDuration = "http_server_request_duration_seconds"
    case requestsCut = "http_server_requests_cut_total"
    case activeRequests = "http_server_active_requests"
    case openConnections = "http_server_open_connections"
    case buildInfo = "parley_build_info"
    case migrations = "parley_migrations"
    case migrationDuration = "parley_migration_duration_seconds"
    case ready = "parley_ready"
    case databaseBytes = "parley_sqlite_db_bytes"
    case logBytes = "parley_sqlite_wal_bytes"
    case freeBytes = "parley_sqlite_free_bytes"
    case filesInPlace = "parley_sqlite_files_in_place"
    case writeQueueDepth = "parley_write_queue_depth"
    case writeBatchSize = "parley_write_batch_size"
    case lastBackup = "parley_backup_last_success_timestamp_seconds"
    case processCPU = "process_cpu_seconds_total"
    case processResidentMemory = "process_resident_memory_bytes"
    case processVirtualMemory = "process_virtual_memory_bytes"
    case processOpenDescriptors = "process_open_fds"
    case processMaximumDescriptors = "process_max_fds"
    case processStart = "process_start_time_seconds"

    var kind: Exposition.Kind {
        switch self {
        case .requestDuration, .writeBatchSize: .histogram
        case .requestsCut, .processCPU: .counter
        default: .gauge
        }
    }

    var help: String {
        switch self {
        case .requestDuration: "Time from a complete request to its answer, by method, route template and status."
        case .activeRequests: "Requests being read, handled or answered."
        case .openConnections: "Open client connections, idle ones included."
        case .requestsCut: "Requests that were answered for because their time had passed or the server stopped."
        case .buildInfo: "Always 1; the labels are the versions of parley and its libraries."
        case .ready: "1 while requests are served: migrated, not stopping, and the database's files in order."
        case .migrations: "Migrations by state."
        case .migrationDuration: "How long the last run of migrations took."
        case .databaseBytes: "Size of the database file."
        case .logBytes: "Size of the write-ahead log."
        case .freeBytes: "Room that is left on the database's disk."
        case .filesInPlace: "1 while the database file and its log are the files that were opened."
        case .writeQueueDepth: "Writes that wait for their transaction to begin."
        case .writeBatchSize: "Writes in each transaction."
        case .lastBackup: "When the newest backup beside the database was made."
        case .processCPU: "User and system CPU time spent."
        case .processResidentMemory: "Resident memory size."
        case .processVirtualMemory: "Virtual memory size."
        case .processOpenDescriptors: "Open file descriptors."
        case .processMaximumDescriptors: "Largest number of open file descriptors."
        case .processStart: "Start time of the process since the Unix epoch."
        }
    }
}

extension Exposition {
    mutating func begin(_ metric: Metric) {
        begin(metric.rawValue, metric.kind, metric.help)
    }

    /// A metric with one sample, or none where the value cannot be told.
    mutating func gauge(_ metric: Metric, _ value: Int?) {
        begin(metric)
        if let value { sample(value) }
    }

    mutating func gauge(_ metric: Metric, _ value: Double?) {
        begin(metric)
        if let value { sample(value) }
    }
}
