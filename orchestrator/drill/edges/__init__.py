"""What a fault does to files, programs and disks."""
