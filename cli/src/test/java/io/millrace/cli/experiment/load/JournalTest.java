package io.millrace.cli.experiment.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.experiment.history.FinalLog;
import io.millrace.cli.experiment.history.RecordId;
import io.millrace.cli.experiment.history.Verdict;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/// What clients report becomes a history, counts, and the answer to when writes go on.
class JournalTest {
    private final Journal journal = new Journal(new LoadShape("topic", 2, 1, 1, 100, 100));

    private static RecordId id(int partition, long sequence) {
        return new RecordId(0, partition, sequence);
    }

    @Test
    void anAnswerToAnEarlierRecordIsNoSignOfLife() {
        long killedNs = System.nanoTime();
        CompletableFuture<Long> again = journal.acknowledgedAgain(1, killedNs);
        journal.sent(id(1, 0));
        journal.sent(id(1, 1));
        journal.sent(id(0, 0));

        journal.acknowledged(id(1, 0), 0, killedNs - 1);
        journal.acknowledged(id(0, 0), 0, killedNs + 1);
        assertThat(again).isNotDone();

        journal.acknowledged(id(1, 1), 1, killedNs + 1);
        assertThat(again).isCompletedWithValueMatching(atNs -> atNs >= killedNs);
    }

    @Test
    void aFailedRecordMayBeThereOrNot() {
        journal.sent(id(0, 0));
        journal.failed(id(0, 0), new TimeoutException("gone"));
        journal.sent(id(0, 1));
        journal.failed(id(0, 1), new TimeoutException("gone"));
        var log = new FinalLog(2);
        log.add(0, 0, Optional.of(id(0, 1)));

        Verdict verdict = journal.judge(log);

        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.unknown()).isEqualTo(2);
        assertThat(journal.tally().errors()).isEqualTo(2);
        assertThat(journal.firstErrors()).hasSize(2).allMatch(error -> error.contains("gone"));
        assertThat(journal.buckets().stream().mapToLong(Bucket::errors).sum()).isEqualTo(2);
    }
}
