internal import CSQLite

/// How the memory of this process grows. For programs, at their start: a library has no business with it.
package enum HeapGrowth {
    /// Lets heaps grow by megabytes. Those of all threads but the first would grow by a page at a time, each time with a call of mprotect(2) that
    /// holds up the others: 2,600 for a schema of 20,000 objects. What is not used takes no memory.
    /// See [mallopt(3)](https://man7.org/linux/man-pages/man3/mallopt.3.html), M_TOP_PAD.
    package static func byMegabytes() {
        _ = parley_set_heap_padding(4 << 20)
    }
}
