import Database
import HTTP
import HTTPTypes
import Metrics
import Migrations

/// `/metrics`, for Prometheus. `docs/metrics.md` explains each metric.
struct MetricsRoutes: Sendable {
    static let path = "/metrics"

    let state: ServerState
    let storage: StorageHealth
    let requests: RequestMetrics
    let backups: BackupStore?

    var routes: [Route] {
        [Route(.get, Self.path) { request, _ in try await page(request) }]
    }

    /// A detached task, whose thread is none of the event loops': the directory listings below would hold up their connections.
    private func page(_ request: Request) async throws -> Response {
        try PageQuery.requireNone(request.query)
        let text = await Task.detached { exposition.text }.value
        return Response(
            status: .ok,
            headers: [.contentType: Exposition.mediaType, .cacheControl: "no-store"],
            body: Array(text.utf8)
        )
    }

    private var exposition: Exposition {
        var page = Exposition()
        requests.write(to: &page)
        writeServer(to: &page)
        writeMigrations(to: &page)
        writeDatabase(to: &page)
        writeProcess(to: &page)
        return page
    }

    private func writeServer(to page: inout Exposition) {
        page.gauge(.activeRequests, state.traffic?.activeRequests)
        page.gauge(.openConnections, state.traffic?.connectionCount)
        page.begin(.buildInfo)
        page.sample(1, [("version", Release.version), ("sqlite", SQLiteDatabase.version), ("libmicrohttpd", Server.libraryVersion ?? "")])
    }

    private func writeMigrations(to page: inout Exposition) {
        let migrations = state.migrations
        page.begin(.migrations)
        for status in MigrationStatus.allCases { page.sample(migrations.count(status), [("state", status.rawValue)]) }
        page.gauge(.migrationDuration, migrations.duration.map { $0 / .seconds(1) })
    }

    private func writeDatabase(to page: inout Exposition) {
        let statistics = state.database?.statistics
        let file = statistics?.file
        page.gauge(.ready, isReady(file) ? 1 : 0)
        page.gauge(.databaseBytes, file?.bytes)
        page.gauge(.logBytes, file?.logBytes)
        page.gauge(.freeBytes, file?.freeBytes)
        page.gauge(.filesInPlace, file.map { $0.isInPlace ? 1 : 0 })
        page.gauge(.writeQueueDepth, statistics?.queuedWrites)
        page.begin(.writeBatchSize)
        if let statistics { page.sample(statistics.batchSizes) }
        page.gauge(.lastBackup, newestBackup.map { Double($0.milliseconds) / 1_000 })
    }

    /// From the directory, which has what other processes and earlier ones have made too.
    private var newestBackup: BackupTime? {
        try? backups?.list().first?.time
    }

    /// What `/readyz` says, as far as it can be told without reading the database.
    private func isReady(_ file: DatabaseStatistics.File?) -> Bool {
        guard case .serving = state.phase, !storage.hasFailed else { return false }
        return file.map { $0.isInPlace && $0.hasRoom } ?? true
    }

    private func writeProcess(to page: inout Exposition) {
        let process = ProcessUsage()
        page.gauge(.processCPU, process.cpu)
        page.gauge(.processResidentMemory, process.residentMemory)
        page.gauge(.processVirtualMemory, process.virtualMemory)
        page.gauge(.processOpenDescriptors, process.openDescriptors)
        page.gauge(.processMaximumDescriptors, process.maximumDescriptors)
        page.gauge(.processStart, process.startTime)
    }
}
