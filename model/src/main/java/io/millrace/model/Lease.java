package io.millrace.model;

/// A counted hold on memory that somebody else pooled, such as the network buffer a request arrived in.
///
/// Whoever keeps bytes beyond the call that handed them over calls [#retain()] first and [#release()] exactly once
/// when done. Both may be called from any thread.
public interface Lease {
    /// A hold on memory the garbage collector owns: both calls do nothing.
    Lease NONE = new Lease() {
        @Override
        public void retain() {}

        @Override
        public void release() {}
    };

    void retain();

    void release();
}
