package io.millrace.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.log.segment.SwapFiles.Action.Delete;
import io.millrace.log.segment.SwapFiles.Action.Rename;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwapFilesTest {
    private static final String S0 = "00000000000000000000";
    private static final String S10 = "00000000000000000010";
    private static final String S20 = "00000000000000000020";

    @Test
    void leavesAnOrdinaryFolderAlone() {
        assertThat(mend(
                        S0 + ".log",
                        S0 + ".index",
                        S0 + ".timeindex",
                        S10 + ".snapshot",
                        "leader-epoch-checkpoint",
                        "partition.metadata"))
                .isEmpty();
    }

    @Test
    void undoesWhatWasNeverComplete() {
        assertThat(mend(S0 + ".index", S0 + ".index.cleaned", S0 + ".log", S0 + ".log.swap", S0 + ".timeindex.cleaned"))
                .containsExactly(
                        new Delete(S0 + ".log.swap"),
                        new Delete(S0 + ".index.cleaned"),
                        new Delete(S0 + ".timeindex.cleaned"));
    }

    @Test
    void finishesWhatWasComplete() {
        assertThat(mend(
                        S0 + ".index.swap",
                        S0 + ".log",
                        S0 + ".log.swap",
                        S10 + ".index",
                        S10 + ".log.deleted",
                        S10 + ".snapshot",
                        S20 + ".log",
                        S20 + ".snapshot"))
                .containsExactly(
                        new Delete(S10 + ".log.deleted"),
                        new Delete(S0 + ".log"),
                        new Delete(S10 + ".index"),
                        new Delete(S10 + ".snapshot"),
                        new Rename(S0 + ".log.swap", S0 + ".log"),
                        new Rename(S0 + ".index.swap", S0 + ".index"));
    }

    @Test
    void bringsIndexesAfterTheirLog() {
        assertThat(mend(S0 + ".log", S0 + ".timeindex.swap"))
                .containsExactly(new Rename(S0 + ".timeindex.swap", S0 + ".timeindex"));
    }

    private static List<SwapFiles.Action> mend(String... names) {
        return SwapFiles.mend(List.of(names), base -> 20);
    }
}
