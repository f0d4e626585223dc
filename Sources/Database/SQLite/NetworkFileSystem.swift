import CSQLite

/// The file systems that a write-ahead log must not be used on, by the magic numbers of statfs(2).
enum NetworkFileSystem: String {
    case nfs, smb, cifs, smb2, fuse, ceph, afs, ninep = "9p"

    /// The network file system that holds `path`'s directory, or nil for a local one.
    init?(of path: String) {
        let directory = path.contains("/") ? String(path[..<path.lastIndex(of: "/")!]) + "/" : "."
        switch unsafe parley_file_system_type(directory) {
        case 0x6969: self = .nfs
        case 0x517B: self = .smb
        case 0xFF53_4D42: self = .cifs
        case 0xFE53_4D42: self = .smb2
        case 0x6573_5546: self = .fuse
        case 0x00C3_6400: self = .ceph
        case 0x5346_414F: self = .afs
        case 0x0102_1997: self = .ninep
        default: return nil
        }
    }
}
