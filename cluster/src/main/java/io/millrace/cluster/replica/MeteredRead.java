package io.millrace.cluster.replica;

import io.millrace.log.ReadResult;
import io.millrace.log.ReadResult.Cold;
import io.millrace.log.ReadResult.ColdRead;
import io.millrace.log.ReadResult.Ready;

/// A read whose bytes count against a throttle once they are there.
record MeteredRead(ColdRead job, Throttle throttle) implements ColdRead {
    static ReadResult meter(ReadResult result, Throttle throttle) {
        return switch (result) {
            case Cold(ColdRead job) when throttle != Throttle.NONE -> new Cold(new MeteredRead(job, throttle));
            case Ready ready -> count(ready, throttle);
            case Cold _, ReadResult.Refused _, ReadResult.Damaged _, ReadResult.Moved _ -> result;
        };
    }

    @Override
    public ReadResult run() {
        return meter(job.run(), throttle);
    }

    private static ReadResult count(Ready ready, Throttle throttle) {
        throttle.record(ready.slice().length());
        return ready;
    }
}
