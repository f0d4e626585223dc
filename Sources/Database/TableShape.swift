/// What the rows of a table have to be, as far as the schema says it without being tried: CHECK constraints and triggers are not in it.
public struct TableShape: Sendable, Hashable {
    public struct Column: Sendable, Hashable {
        public let name: String
        /// The type as it was declared; empty where none was.
        public let type: String
        public let isNullable: Bool
        /// Whether a row may leave it out and gets something else than NULL.
        public let hasDefault: Bool
        /// Computed from other columns, so no row can give it a value.
        public let isGenerated: Bool

        public init(name: String, type: String, isNullable: Bool, hasDefault: Bool, isGenerated: Bool) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.hasDefault = hasDefault
            self.isGenerated = isGenerated
        }
    }

    /// A foreign key: columns here, and the columns that they have to match in the parent.
    public struct Reference: Sendable, Hashable {
        public let columns: [String]
        public let parent: String
        /// Empty for the primary key of the parent.
        public let parentColumns: [String]

        public init(columns: [String], parent: String, parentColumns: [String]) {
            self.columns = columns
            self.parent = parent
            self.parentColumns = parentColumns
        }
    }

    /// In order.
    public let columns: [Column]
    /// In the order of the key; empty where there is none.
    public let primaryKey: [String]
    /// The columns that have to differ from row to row, one list for each unique index. Expressions in an index are left out.
    public let uniqueKeys: [[String]]
    public let references: [Reference]

    public init(columns: [Column], primaryKey: [String], uniqueKeys: [[String]], references: [Reference]) {
        self.columns = columns
        self.primaryKey = primaryKey
        self.uniqueKeys = uniqueKeys
        self.references = references
    }
}
