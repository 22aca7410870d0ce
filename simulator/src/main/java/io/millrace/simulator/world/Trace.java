package io.millrace.simulator.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The last things that happened, cheap to note and told only when a seed fails.
///
/// Owned by: the thread of the simulation.
public final class Trace {
    /// How many are kept unless a run is asked to tell everything.
    private static final int KEPT_MAX = 200;

    private final Entry[] ring = new Entry[KEPT_MAX];
    private long count;
    private long hash = 17;
    private boolean isTold;

    private record Entry(long nowNs, String format, List<Object> arguments) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%10.3f ms  %s", nowNs / 1e6, String.format(format, arguments.toArray()));
        }
    }

    /// Prints every entry as it comes: for the one seed somebody looks at.
    public void tellEverything() {
        isTold = true;
    }

    // What is printed is asked for by the one who runs this seed.
    @SuppressWarnings("SystemOut")
    void add(long nowNs, String format, Object... arguments) {
        Entry entry = new Entry(nowNs, format, Arrays.asList(arguments));
        ring[(int) (count++ % KEPT_MAX)] = entry;
        hash = (hash * 31 + nowNs) * 31 + format.hashCode();
        if (isTold) {
            System.out.println(entry);
        }
    }

    /// The newest entries, oldest first.
    public List<String> last(int entries) {
        List<String> told = new ArrayList<>();
        for (long i = Math.max(0, count - Math.min(entries, KEPT_MAX)); i < count; i++) {
            told.add(ring[(int) (i % KEPT_MAX)].toString());
        }
        return told;
    }

    /// Two runs that noted the same things at the same times have the same.
    public long hash() {
        return hash;
    }
}
