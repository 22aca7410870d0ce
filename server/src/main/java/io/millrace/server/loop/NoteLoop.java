package io.millrace.server.loop;

/// Writes small files for loops that must not wait for a disk.
///
/// Owned by: nobody; each note has a thread of its own for as long as it takes to write.
public final class NoteLoop {
    public void write(Runnable note) {
        Thread.ofVirtual().name("millrace-note").start(note);
    }
}
