internal import CSQLite

/// The heaps of threads, for short programs at their start: a library has no business with them.
package enum ThreadHeap {
    /// Lets the heap of each thread begin with 16 MB of addresses, which take no memory until they are used. glibc makes them grow by a page at a
    /// time, each time with a call of mprotect(2) that holds up the other threads: 2,600 calls where SQLite reads a schema of 20,000 objects.
    ///
    /// Blocks of 128 KiB and more are given back to the system at once from then on, which is wrong for servers. See
    /// [mallopt(3)](https://man7.org/linux/man-pages/man3/mallopt.3.html), M_TOP_PAD.
    package static func beginLarge() {
        _ = parley_set_heap_padding(16 << 20)
    }
}
