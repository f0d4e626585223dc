extension String {
    /// The name between double quotes, for SQL.
    var quotedForSQL: String { "\"" + replacing("\"", with: "\"\"") + "\"" }
}
