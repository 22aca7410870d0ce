package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.BulletinBoard;
import io.millrace.cluster.bulletin.Heard;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.cluster.metadata.MetadataLevel;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Three nodes tell each other of themselves.
class HeraldTest {
    private static final long SOON_MS = 20;
    private static final Alarms DISK = new Alarms(false, true);
    private static final Seat ROOT = new Seat(Seat.Kind.VHOST_CONNECTION, "/");

    private final TestNodes cluster = TestNodes.started(3);
    private final Map<Integer, Heard> heard = new TreeMap<>();

    private void listen() {
        cluster.nodes.keySet().forEach(this::listen);
        cluster.advance(2 * Herald.AGAIN_MS);
    }

    private void listen(int node) {
        Heard begun = new Heard();
        heard.put(node, begun);
        cluster.node(node).cluster().listen(begun);
    }

    private Heard at(int node) {
        return heard.get(node);
    }

    @Test
    void anAlarmIsKnownEverywhereAtOnce() {
        listen();

        cluster.node(2).cluster().tell(DISK, Map.of());
        cluster.advance(SOON_MS);

        assertThat(at(2).told).isEqualTo(DISK);
        assertThat(at(2).knownBy).containsExactly(1, 3);
        assertThat(at(1).alarms()).isEqualTo(Map.of(2, DISK));
        assertThat(at(3).alarms()).isEqualTo(Map.of(2, DISK));
        assertThat(at(2).alarms()).isEmpty();

        cluster.node(2).cluster().tell(Alarms.NONE, Map.of());
        cluster.advance(SOON_MS);

        assertThat(at(1).alarms()).isEmpty();
        assertThat(at(3).alarms()).isEmpty();
    }

    @Test
    void whoOfTheOthersKnowsAnAlarmIsKnown() {
        listen();
        cluster.node(3).isDeaf = true;

        cluster.node(2).cluster().tell(DISK, Map.of());
        cluster.advance(5 * Herald.AGAIN_MS);
        assertThat(at(1).alarms()).isEqualTo(Map.of(2, DISK));
        assertThat(at(2).knownBy).containsExactly(1);

        cluster.node(3).isDeaf = false;
        cluster.advance(4 * Herald.AGAIN_MS);
        assertThat(at(2).knownBy).containsExactly(1, 3);
    }

    @Test
    void theAlarmOfADeadNodeIsNone() {
        listen();
        cluster.node(2).cluster().tell(DISK, Map.of(ROOT, 3L));
        cluster.advance(SOON_MS);
        assertThat(at(1).taken).isEqualTo(Map.of(ROOT, 3L));

        cluster.node(2).kill();
        cluster.advance(3 * ClusterSettings.SESSION_TIMEOUT_MS);

        assertThat(at(1).alarms()).isEmpty();
        assertThat(at(1).taken).isEmpty();

        cluster.node(2).start();
        listen(2);
        cluster.advance(5 * Herald.AGAIN_MS);
        cluster.node(1).cluster().tell(DISK, Map.of(ROOT, 5L));
        cluster.advance(SOON_MS);
        assertThat(at(2).alarms()).isEqualTo(Map.of(1, DISK));
        assertThat(at(2).taken).isEqualTo(Map.of(ROOT, 5L));
    }

    @Test
    void anAlarmStaysWhileItsNodeSaysSo() {
        listen();
        cluster.node(2).cluster().tell(DISK, Map.of());

        cluster.advance(5 * BulletinBoard.SILENT_MS_MAX);

        assertThat(at(1).raised).hasSize(1);
        assertThat(at(1).alarms()).isEqualTo(Map.of(2, DISK));
    }

    @Test
    void whoBeginsToListenLaterHearsAll() {
        listen(1);
        listen(2);
        cluster.node(2).cluster().tell(DISK, Map.of(ROOT, 3L));
        cluster.advance(5 * Herald.AGAIN_MS);
        assertThat(at(2).knownBy).containsExactly(1);

        listen(3);
        cluster.advance(2 * Herald.AGAIN_MS);

        assertThat(at(3).alarms()).isEqualTo(Map.of(2, DISK));
        assertThat(at(3).taken).isEqualTo(Map.of(ROOT, 3L));
        assertThat(at(2).knownBy).containsExactly(1, 3);
    }

    @Test
    void nobodyIsToldAtALevelThatDoesNotKnowOfIt() {
        TestNodes older = TestNodes.started(3, MetadataLevel.CORDONS);
        Heard first = new Heard();
        older.node(1).cluster().listen(first);
        older.node(2).cluster().listen(new Heard());
        older.node(2).cluster().tell(DISK, Map.of());

        older.advance(5 * Herald.AGAIN_MS);

        assertThat(first.raised).isEmpty();
    }
}
