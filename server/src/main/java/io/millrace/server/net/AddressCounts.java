package io.millrace.server.net;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;

/// How many connections each address has open, so that one peer can not take them all. Remembers only addresses that
/// have one.
///
/// May be called from any thread.
final class AddressCounts {
    private final int max;
    private final ConcurrentHashMap<InetAddress, Integer> open = new ConcurrentHashMap<>();

    /// @param max for each address; `Integer.MAX_VALUE` for no limit, and then nothing is counted
    AddressCounts(int max) {
        this.max = max;
    }

    boolean isOff() {
        return max == Integer.MAX_VALUE;
    }

    /// Counts one more; false, and nothing counted, when the address has all it may have. Who got true calls
    /// [#closed(InetAddress)] once.
    boolean opened(InetAddress address) {
        if (open.merge(address, 1, Integer::sum) <= max) {
            return true;
        }
        closed(address);
        return false;
    }

    void closed(InetAddress address) {
        if (open.merge(address, -1, Integer::sum) == 0) {
            open.remove(address, 0);
        }
    }

    int addresses() {
        return open.size();
    }
}
