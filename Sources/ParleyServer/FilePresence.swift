import Glibc

/// Whether there is something of a name.
enum FilePresence {
    static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }
}
