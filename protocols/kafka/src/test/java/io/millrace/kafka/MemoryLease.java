package io.millrace.kafka;

import io.millrace.model.Lease;

/// A lease that counts its holds and refuses to be released once too often.
public final class MemoryLease implements Lease {
    private int holds = 1;

    @Override
    public void retain() {
        holds++;
    }

    @Override
    public void release() {
        if (holds == 0) {
            throw new IllegalStateException("released once too often");
        }
        holds--;
    }

    public int holds() {
        return holds;
    }
}
