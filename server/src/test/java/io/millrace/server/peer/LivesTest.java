package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A folder that went back in time is told from one whose node was killed at any moment.
class LivesTest {
    private static final int SELF = 2;
    private static final List<Voter> VOTERS = List.of(new Voter(SELF, start(70), new PeerAddress("b", 1)));

    @TempDir
    Path folder;

    @Test
    void whoWasKilledBeforeItHeardOfItsRegistrationIsNotOlder() {
        Lives before = registered(Lives.NONE.begin(start(1)), 5, 1);

        Lives killed = before.begin(start(2));

        assertThat(killed.isOlderThan(life(6, 2))).isFalse();
        assertThat(killed.isOlderThan(life(5, 1))).isFalse();
        assertThat(before.isOlderThan(life(6, 2))).isTrue();
    }

    @Test
    void whatOthersMissedMakesNobodyOlder() {
        Lives now = registered(registered(Lives.NONE.begin(start(1)), 5, 1).begin(start(2)), 8, 2);

        assertThat(now.isOlderThan(life(5, 1))).isFalse();
        assertThat(now.isOlderThan(life(8, 2))).isFalse();
    }

    @Test
    void whoWasRenewedIsOlderThanNothingThatWas() {
        Lives copy = registered(Lives.NONE.begin(start(1)), 5, 1);

        assertThat(copy.renewed(9).isOlderThan(life(9, 3))).isFalse();
        assertThat(copy.renewed(9).isOlderThan(life(10, 4))).isTrue();
    }

    /// The log is replayed from long ago: a crash on the way must leave what was known.
    @Test
    void whatIsReplayedIsNoNews() {
        Lives known = registered(Lives.NONE.begin(start(1)), 5, 1);
        Lives starting = known.begin(start(2));
        NodeLife longAgo = new NodeLife(1, 4, start(9));

        assertThat(starting.heard(SELF, List.of(longAgo), List.of())).isEqualTo(starting);
        assertThat(starting.heard(SELF, List.of(life(5, 1), longAgo), List.of()))
                .isEqualTo(starting);
        assertThat(starting.heard(SELF, List.of(life(6, 2), longAgo), List.of()))
                .isEqualTo(new Lives(6, List.of(start(2)), List.of(), List.of(longAgo)));
    }

    @Test
    void startsThatCameToNothingAreBounded() {
        Lives lives = Lives.NONE;
        for (int i = 0; i < 2 * Lives.STARTS_MAX; i++) {
            lives = lives.begin(start(i));
        }

        assertThat(lives.own()).hasSize(Lives.STARTS_MAX).endsWith(start(2 * Lives.STARTS_MAX - 1));
    }

    /// Killed before it heard that it had registered; then something else keeps it from registering, start for start.
    @Test
    void noNumberOfStartsMakesAFolderOlder() {
        Lives lives = registered(Lives.NONE.begin(start(1)), 5, 1).begin(start(2));
        for (int i = 0; i < 2 * Lives.STARTS_MAX; i++) {
            lives = lives.confirmed(List.of(life(6, 2))).begin(start(100 + i));
        }

        assertThat(lives.isOlderThan(life(6, 2))).isFalse();
        assertThat(lives.isOlderThan(life(7, 3))).isTrue();
    }

    @Test
    void aFormerStartThatOthersKnowIsNoted() {
        Lives lives = Lives.NONE.begin(start(1)).begin(start(2)).begin(start(3));

        assertThat(lives.confirmed(List.of(life(5, 2))))
                .isEqualTo(new Lives(5, List.of(start(2), start(3)), List.of(), List.of()));
    }

    @Test
    void whoKnowsAnOlderLifeConfirmsNothing() {
        Lives lives = registered(Lives.NONE.begin(start(1)), 5, 1).begin(start(2));

        assertThat(lives.confirmed(List.of(life(4, 2), life(9, 7)))).isEqualTo(lives);
    }

    @Test
    void survivesItsText() {
        Lives lives = registered(Lives.NONE.begin(start(1)), 5, 1).begin(start(2));

        assertThat(Lives.parse(lives.text())).contains(lives);
        assertThat(Lives.parse("version=2\nepoch=1\n")).isEmpty();
        assertThat(Lives.parse("version=1\nepoch=1\nstart=?\n")).isEmpty();
        assertThat(Lives.parse("version=1\nepoch=1\nlife=1 x y\n")).isEmpty();
    }

    @Test
    void isOnDiskBeforeAnythingComesOfIt() throws Exception {
        LivesFile file = LivesFile.open(folder.toString(), SELF);
        file.begin(start(1));
        assertThat(LivesFile.open(folder.toString(), SELF).lives().own()).containsExactly(start(1));
        file.heard(List.of(life(5, 1)), VOTERS);
        file.close();

        LivesFile again = LivesFile.open(folder.toString(), SELF);

        assertThat(file.wasKept()).isFalse();
        assertThat(again.wasKept()).isTrue();
        assertThat(again.lives()).isEqualTo(new Lives(5, List.of(start(1)), VOTERS, List.of()));
        assertThat(Files.exists(folder.resolve(LivesFile.NAME))).isTrue();
    }

    private static Lives registered(Lives before, long epoch, int start) {
        return before.heard(SELF, List.of(life(epoch, start)), VOTERS);
    }

    private static NodeLife life(long epoch, int start) {
        return new NodeLife(SELF, epoch, start(start));
    }

    private static TopicId start(int number) {
        return new TopicId(6, number);
    }
}
