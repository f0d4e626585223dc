/// A part of a list of conversations: which ones, in which order, from where, and how many.
public struct ConversationQuery: Sendable {
    public var filter = ConversationFilter()
    public var order = ConversationOrder.newestFirst
    /// The last row of the page before; nil for the first page.
    public var position: ConversationPage.Position?
    /// How many conversations a page has at most; at least 1.
    public var limit: Int
    /// Whether all that the filter lets through are counted.
    public var isCounted = false

    public init(limit: Int) {
        self.limit = limit
    }

    /// Whether a page may have to look at more rows than it has: whatever is not one stretch of an index.
    var mayScan: Bool {
        isCounted || filter.search != nil || order.key == .title || filter.timeLimits.contains { $0.key != order.key }
    }
}
