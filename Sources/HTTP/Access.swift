/// What a caller has to be allowed for a route, and what a caller is allowed: each includes those before it.
public enum Access: String, Sendable, CaseIterable, Comparable {
    /// Nothing: strangers are welcome.
    case anyone
    /// To look at what is stored.
    case read
    /// To change it.
    case write
    /// To look after the server itself.
    case admin

    private var rank: Int {
        switch self {
        case .anyone: 0
        case .read: 1
        case .write: 2
        case .admin: 3
        }
    }

    public static func < (left: Access, right: Access) -> Bool { left.rank < right.rank }
}
