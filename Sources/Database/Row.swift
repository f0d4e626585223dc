/// One row of a result, lent to a closure: columns are read by number, from 0, without a dictionary.
///
/// A row is valid until its closure returns. It cannot be copied, so it cannot be kept.
///
/// ```swift
/// try session.rows("SELECT filename, checksum FROM migrations") { row in (row.text(0), row.optionalText(1)) }
/// ```
public struct Row: ~Copyable {
    @usableFromInline let columns: any Columns

    /// For engines: wraps what knows how to read the current row.
    public init(_ columns: any Columns) {
        self.columns = columns
    }

    /// Whether the column is NULL.
    public func isNull(_ column: Int) -> Bool { columns.isNull(column) }

    /// The column as a 64-bit integer; 0 for NULL and for text that is not a number.
    public func integer(_ column: Int) -> Int { Int(columns.integer(column)) }

    /// The column as text, read by its length and never to a NUL; empty for NULL.
    public func text(_ column: Int) -> String {
        var text = ""
        columns.withBytes(column) { bytes in text = String(copying: bytes) }
        return text
    }

    /// The column as text, or nil for NULL.
    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    /// The column in its own storage class.
    public func value(_ column: Int) -> Value { columns.value(column) }

    /// Lends the column's bytes (UTF-8 for text, empty for NULL) without copying them.
    @inlinable
    public func withBytes(_ column: Int, _ body: (Span<UInt8>) -> Void) { columns.withBytes(column, body) }

    /// Lends the bytes of four columns at once. A page of conversations is fifty rows of them, and closures in closures take longer than
    /// the columns themselves.
    @inlinable
    public func withBytes(
        _ first: Int,
        _ second: Int,
        _ third: Int,
        _ fourth: Int,
        _ body: (Span<UInt8>, Span<UInt8>, Span<UInt8>, Span<UInt8>) -> Void
    ) {
        columns.withBytes(first, second, third, fourth, body)
    }
}

/// What an engine implements to let its current row be read.
public protocol Columns: AnyObject {
    func isNull(_ column: Int) -> Bool
    func integer(_ column: Int) -> Int64
    func value(_ column: Int) -> Value
    func withBytes(_ column: Int, _ body: (Span<UInt8>) -> Void)
    func withBytes(
        _ first: Int,
        _ second: Int,
        _ third: Int,
        _ fourth: Int,
        _ body: (Span<UInt8>, Span<UInt8>, Span<UInt8>, Span<UInt8>) -> Void
    )
}

extension String {
    /// A copy of UTF-8 bytes; what is not UTF-8 becomes U+FFFD.
    init(copying bytes: Span<UInt8>) {
        self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
