/// A title that may be stored: trimmed, 1 to 255 Unicode scalars, no control characters.
public struct ConversationTitle: Sendable, Hashable {
    /// What a conversation is called whose creator gave it no name.
    public static let standard = ConversationTitle(unchecked: "New Conversation")

    /// In Unicode scalars, which is what SQLite counts too.
    public static let maximumLength = 255

    public let text: String

    /// - Throws: ``Fault`` for a title that is blank, too long, or has control characters in it.
    public init(_ text: String) throws(Fault) {
        let scalars = text.unicodeScalars
        let isSpace: (Unicode.Scalar) -> Bool = \.properties.isWhitespace
        guard let first = scalars.firstIndex(where: { !isSpace($0) }), let last = scalars.lastIndex(where: { !isSpace($0) }) else {
            throw .blank
        }
        let trimmed = scalars[first...last]
        guard !trimmed.contains(where: { $0.properties.generalCategory == .control }) else { throw .controlCharacter }
        guard trimmed.count <= Self.maximumLength else { throw .tooLong }
        self.text = String(trimmed)
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// What is wrong with a title.
    public enum Fault: String, Error, Sendable, Hashable, CaseIterable {
        case blank
        case tooLong = "too-long"
        case controlCharacter = "control-character"

        /// A sentence for the client.
        public var detail: String {
            switch self {
            case .blank: "has to have a character that is not white space"
            case .tooLong: "at most \(ConversationTitle.maximumLength) characters"
            case .controlCharacter: "must not have control characters, such as tabs and line ends, in it"
            }
        }
    }
}
