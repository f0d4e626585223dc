import Database
import HTTP
import HTTPTypes
import Metrics
import Synchronization

/// Counts requests by method, route and status, and how long they took.
///
/// Each event loop has counters of its own, found by number and made at their first use, so that to count a request takes no lock, no
/// hashing and, but for the first of its kind, no allocation. Labels are bounded: routes are known at the start, and methods and statuses are lists.
final class RequestMetrics: Sendable {
    /// The templates of the routes, by number.
    private let routes: [String]
    private let shards: [Shard]
    private let deadlines = Atomic(0)
    private let drains = Atomic(0)

    /// - Parameters:
    ///   - routes: the templates that requests are counted under, by number.
    ///   - loops: how many threads serve requests.
    init(routes: [String], loops: Int = Server.Configuration().loops) {
        self.routes = routes
        shards = (0..<max(1, loops)).map { _ in Shard(routes: routes.count + 1) }
    }

    /// - Parameter route: the number of the route; nil where none was found.
    func record(_ method: HTTPRequest.Method, route: Int?, status: Int, duration: Duration) {
        shards[ThreadOrdinal.current % shards.count].routes[route ?? routes.count]
            .histogram(RequestSeries.number(method, status)).observe(duration.nanoseconds)
    }

    /// A request was answered for by the server.
    func recordCut(_ refusal: Refusal) {
        switch refusal {
        case .deadlineExceeded: deadlines.add(1, ordering: .relaxed)
        case .draining: drains.add(1, ordering: .relaxed)
        default: break
        }
    }

    func write(to page: inout Exposition) {
        page.begin(.requestDuration)
        for route in 0...routes.count { write(route, to: &page) }
        page.begin(.requestsCut)
        page.sample(deadlines.load(ordering: .relaxed), [("reason", "deadline")])
        page.sample(drains.load(ordering: .relaxed), [("reason", "shutdown")])
    }

    private func write(_ route: Int, to page: inout Exposition) {
        let name = route < routes.count ? routes[route] : "unmatched"
        for number in RequestSeries.numbers {
            let parts = shards.compactMap { $0.routes[route].existing(number)?.distribution }
            guard var whole = parts.first else { continue }
            for part in parts.dropFirst() { whole.add(part) }
            let (method, status) = RequestSeries.labels(of: number)
            page.sample(whole, per: 1e9, [("method", method), ("route", name), ("status", status)])
        }
    }

    /// What the requests of one loop have counted.
    private final class Shard: Sendable {
        let routes: [RouteHistograms]

        init(routes count: Int) {
            routes = (0..<count).map { _ in RouteHistograms() }
        }
    }
}

/// The histograms of one route, each made when it is first needed.
private final class RouteHistograms: Sendable {
    private let cells = InlineArray<256, AtomicLazyReference<Histogram>> { _ in AtomicLazyReference() }

    /// From a tenth of a millisecond, where reads are, to the 30 seconds that a request has, in nanoseconds.
    private static let bounds =
        [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000].map { $0 * 1_000 }
        + [1, 2.5, 5, 10, 30].map { Int($0 * 1e9) }

    func histogram(_ number: Int) -> Histogram {
        cells[number].load() ?? make(number)
    }

    func existing(_ number: Int) -> Histogram? {
        cells[number].load()
    }

    @inline(never)
    private func make(_ number: Int) -> Histogram {
        cells[number].storeIfNil(Histogram(bounds: Self.bounds))
    }
}

/// A method and a status as one number. Those that have none of their own are counted together.
private enum RequestSeries {
    private static let methods: [HTTPRequest.Method] = [.get, .post, .patch, .put, .delete, .head, .options]
    private static let statuses = [
        200, 201, 204, 304, 404, 422, 400, 401, 403, 405, 406, 409, 412, 413, 414, 415, 417, 428, 429, 431, 499, 500, 501, 503, 507,
    ]

    static let numbers = 0..<256

    static func number(_ method: HTTPRequest.Method, _ status: Int) -> Int {
        let method = methods.firstIndex(of: method) ?? methods.count
        let status = statuses.firstIndex(of: status) ?? statuses.count
        return method * 32 + status
    }

    static func labels(of number: Int) -> (method: String, status: String) {
        let (method, status) = number.quotientAndRemainder(dividingBy: 32)
        return (
            method < methods.count ? methods[method].rawValue : "_OTHER",
            status < statuses.count ? String(statuses[status]) : "_OTHER"
        )
    }
}

extension Duration {
    /// Whole nanoseconds, of what lasts less than a few centuries.
    fileprivate var nanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
