/// Which conversations a list has; every condition has to hold.
public struct ConversationFilter: Sendable, Hashable {
    /// One end of a period, which is not in the period itself.
    public struct TimeLimit: Sendable, Hashable {
        /// `createdAt` or `updatedAt`.
        public let key: ConversationOrder.Key
        /// Whether only what is later passes; else only what is earlier.
        public let isStart: Bool
        public let time: Timestamp

        public init(_ key: ConversationOrder.Key, isStart: Bool, _ time: Timestamp) {
            self.key = key
            self.isStart = isStart
            self.time = time
        }
    }

    /// A part of the title, in any case; nil for every title.
    public var search: String?
    public var timeLimits: [TimeLimit] = []

    public init() {}

    public var isEmpty: Bool { search == nil && timeLimits.isEmpty }
}
