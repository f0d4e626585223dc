import Glibc
import Synchronization

/// A small number for each thread, given at its first use: 0, 1, 2 …
package enum ThreadOrdinal {
    private static let last = Atomic<Int>(0)

    /// Where each thread keeps its number, with one added, since an empty place reads as zero: pthread_key_create(3).
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        unsafe pthread_key_create(&key, nil)
        return key
    }()

    package static var current: Int {
        if let kept = unsafe pthread_getspecific(key) { return Int(bitPattern: kept) - 1 }
        let ordinal = last.add(1, ordering: .relaxed).newValue
        unsafe pthread_setspecific(key, UnsafeRawPointer(bitPattern: ordinal))
        return ordinal - 1
    }
}
