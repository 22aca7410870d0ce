package io.millrace.broker.quota;

/// One client's allowance of one kind of traffic: what a second brings in can be saved for one second, and what is
/// taken beyond is owed. Kept as the moment at which everything taken is paid for, so that it needs no ticking.
///
/// No more than ten seconds are ever owed, the length of the window in which Kafka measures (eleven samples of a second
/// of which the last has just begun): what lies before it is forgotten there too. Ids are shared by strangers ("", the
/// default of a library), and what one of them took must not silence the others for hours.
///
/// Owned by: its [ClientQuotas].
final class TokenBucket {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long MS_NS = 1_000_000L;
    private static final long SAVED_NS = SECOND_NS;
    private static final long OWED_NS_MAX = 10 * SECOND_NS;

    private long paidAtNs;

    TokenBucket(long nowNs) {
        this.paidAtNs = nowNs - SAVED_NS;
    }

    /// Takes bytes, whether they are there or not.
    ///
    /// @return milliseconds until they are paid for or forgotten, rounded up; 0 when they were there
    int take(long bytes, long bytesPerSecond, long nowNs) {
        long owedNs = owedWith(bytes, bytesPerSecond, nowNs);
        paidAtNs = nowNs + owedNs;
        return owedNs <= 0 ? 0 : roundedUpMs(owedNs);
    }

    /// Takes bytes when they are there, or when all is saved that can be: more would not come by waiting.
    ///
    /// @return 0 when they were taken; otherwise milliseconds until they would be, rounded up
    int takeUnlessOwed(long bytes, long bytesPerSecond, long nowNs) {
        long owedNs = owedWith(bytes, bytesPerSecond, nowNs);
        long missingNs = Math.min(owedNs, paidAtNs - nowNs + SAVED_NS);
        if (missingNs > 0) {
            return roundedUpMs(missingNs);
        }
        paidAtNs = nowNs + owedNs;
        return 0;
    }

    /// The most that can be saved.
    static long saved(long bytesPerSecond) {
        return bytesPerSecond; // a second's worth
    }

    private long owedWith(long bytes, long bytesPerSecond, long nowNs) {
        // In doubles, because the product can be beyond a long; a nanosecond more or less is nothing here.
        double costNs = (double) bytes * SECOND_NS / bytesPerSecond;
        long fromNs = Math.max(paidAtNs - nowNs, -SAVED_NS);
        return (long) Math.min(fromNs + costNs, OWED_NS_MAX);
    }

    private static int roundedUpMs(long ns) {
        return (int) ((ns + MS_NS - 1) / MS_NS);
    }
}
