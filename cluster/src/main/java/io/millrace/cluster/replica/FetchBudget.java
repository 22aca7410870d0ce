package io.millrace.cluster.replica;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import org.jspecify.annotations.Nullable;

/// How many bytes one pass over the partitions of a fetch may bring, spent in the order of the question: the first
/// batch comes whatever its size (KIP-74), what comes behind has to fit.
///
/// Owned by: whoever is reading for the fetch.
public final class FetchBudget {
    private int bytesLeft;
    private int bytesRead;

    /// @param maxBytes of the whole answer
    public FetchBudget(int maxBytes) {
        this.bytesLeft = maxBytes;
    }

    /// Whether nothing was brought so far: the next batch comes whatever its size.
    public boolean isUntouched() {
        return bytesRead == 0;
    }

    /// What one partition may bring now.
    public int of(FetchQuery.Ask ask) {
        return Math.min(ask.maxBytes(), bytesLeft);
    }

    /// Takes note of what a read brought. Cold bytes count as read in full: the answer waits for them anyway.
    ///
    /// @return what that took of the budget
    public int spend(FetchQuery.Ask ask, @Nullable ReadResult bytes) {
        int spent = switch (bytes) {
            case ReadResult.Ready(FileSlice slice) -> slice.length();
            case ReadResult.Cold _ -> of(ask);
            case null -> 0;
            case ReadResult.Refused _, ReadResult.Damaged _, ReadResult.Moved _ -> 0;
        };
        bytesLeft -= spent;
        bytesRead += bytes instanceof ReadResult.Cold ? 1 : spent;
        return spent;
    }

    /// What was brought; of cold bytes only that there are any.
    public int bytesRead() {
        return bytesRead;
    }
}
