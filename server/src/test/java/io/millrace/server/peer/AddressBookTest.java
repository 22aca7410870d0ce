package io.millrace.server.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.model.TopicId;
import io.millrace.server.peer.Formation.Heard;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Whom a node that comes back asks, and whom it listens to.
class AddressBookTest {
    private static final PeerAddress A = new PeerAddress("a", 1);
    private static final PeerAddress B = new PeerAddress("b", 1);
    private static final PeerAddress C = new PeerAddress("c", 1);
    private static final PeerAddress D = new PeerAddress("d", 1);
    private static final PeerAddress E = new PeerAddress("e", 1);
    private static final List<Voter> VOTERS = List.of(voter(1, A), voter(2, B), voter(3, C));
    private static final Membership CLUSTER = Membership.forming("", B, VOTERS);
    private static final Introduction SELF = node(2);

    /// Another cluster's node, whatever its number.
    private static final Introduction STRANGER =
            new Introduction(1, new TopicId(71, 1), new TopicId(5, 77), "other", "", List.of("x:9"), List.of());

    @Test
    void asksWhomItWasGivenAndWhoVoted() {
        assertThat(new AddressBook(SELF, List.of(C), VOTERS).addresses()).containsExactly(C, A);
    }

    /// The address of a voter that is gone belongs to somebody else by now: no reason to refuse a start.
    @Test
    void aStrangerAtANotedAddressIsAsGoodAsSilent() {
        AddressBook book = new AddressBook(SELF, List.of(C), VOTERS);

        Map<PeerAddress, Heard> sorted =
                book.sorted(Map.of(A, new Heard.Answered(STRANGER), C, new Heard.Answered(node(3))));

        assertThat(sorted.get(A))
                .isInstanceOfSatisfying(
                        Heard.Silent.class, silent -> assertThat(silent.why()).contains("node 1 of cluster other"));
        assertThat(Comeback.decide(SELF, "/data", lives(), sorted)).isInstanceOf(Comeback.Step.Go.class);
    }

    @Test
    void aStrangerAtAGivenAddressIsHeard() {
        AddressBook book = new AddressBook(SELF, List.of(A, C), VOTERS);

        Map<PeerAddress, Heard> sorted = book.sorted(Map.of(A, new Heard.Answered(STRANGER)));

        assertThat(Comeback.decide(SELF, "/data", lives(), sorted)).isInstanceOf(Comeback.Step.Refused.class);
    }

    @Test
    void asksWhomAnAnsweringNodeNamesAsVoters() {
        AddressBook book = new AddressBook(SELF, List.of(C), VOTERS);

        book.sorted(Map.of(C, new Heard.Answered(naming(node(3), voter(2, B), voter(3, C), voter(4, D)))));

        assertThat(book.addresses()).containsExactly(C, A, B, D);
    }

    /// All noted addresses changed; the one seed this node was given was told where the others are now.
    @Test
    void asksWhomAnAnsweringNodeWasGiven() {
        AddressBook book = new AddressBook(SELF, List.of(E), VOTERS);
        Introduction seed = new Introduction(
                        5, new TopicId(70, 5), new TopicId(5, 5), "", "", List.of("d:1", "e:1", "?"), List.of())
                .in(CLUSTER);

        book.sorted(Map.of(E, new Heard.Answered(seed)));

        assertThat(book.addresses()).containsExactly(E, A, C, D);
    }

    @Test
    void aStrangerNamesNobody() {
        AddressBook book = new AddressBook(SELF, List.of(C), VOTERS);

        book.sorted(Map.of(A, new Heard.Answered(naming(STRANGER, voter(4, D)))));

        assertThat(book.addresses()).containsExactly(C, A);
    }

    @Test
    void nobodyMakesItAskTheWholeNetwork() {
        AddressBook book = new AddressBook(SELF, List.of(C), VOTERS);
        Voter[] many = IntStream.range(0, 1_000)
                .mapToObj(number -> voter(number, new PeerAddress("x", number + 1)))
                .toArray(Voter[]::new);

        book.sorted(Map.of(C, new Heard.Answered(naming(node(3), many))));

        assertThat(book.addresses()).hasSize(AddressBook.ADDRESSES_MAX);
    }

    private static Introduction naming(Introduction who, Voter... voters) {
        return who.knowing(new Knowledge(false, 5, List.of(voters), List.of()));
    }

    private static Optional<Lives> lives() {
        return Optional.of(new Lives(5, List.of(), VOTERS, List.of()));
    }

    private static Introduction node(int id) {
        return new Introduction(id, new TopicId(70, id), new TopicId(5, id), "", "", List.of(), List.of()).in(CLUSTER);
    }

    private static Voter voter(int id, PeerAddress address) {
        return new Voter(id, new TopicId(70, id), address);
    }
}
