/// The scans that wait, in the order in which they came, and which of them wait in vain: a value without a thread.
struct ScanQueue<Scan> {
    private struct Entry {
        let scan: Scan
        let interruption: Interruption
    }

    private let lanes: Int
    private var waiting: [Entry] = []
    /// How long scans take: a mean in which the last one counts for a quarter. Nothing until one has ended.
    private var typical = Duration.zero

    /// - Parameter lanes: how many run at a time.
    init(lanes: Int) {
        self.lanes = lanes
    }

    mutating func append(_ scan: Scan, _ interruption: Interruption) {
        waiting.append(Entry(scan: scan, interruption: interruption))
    }

    mutating func popFirst() -> Scan? {
        waiting.isEmpty ? nil : waiting.removeFirst().scan
    }

    /// A scan has ended, and took so long.
    mutating func record(_ duration: Duration) {
        typical = typical == .zero ? duration : (typical * 3 + duration) / 4
    }

    /// Takes out those that are cancelled, and those that would not be done in time if all went on taking as long as the last few. Every lane is busy.
    mutating func removeHopeless(at now: ContinuousClock.Instant) -> [Scan] {
        var (kept, hopeless) = ([Entry](), [Scan]())
        for entry in waiting {
            let end = now + typical * (kept.count + lanes) / lanes
            if entry.interruption.isOver(by: end) { hopeless.append(entry.scan) } else { kept.append(entry) }
        }
        waiting = kept
        return hopeless
    }
}
