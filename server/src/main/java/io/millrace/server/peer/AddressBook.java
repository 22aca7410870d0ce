package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.server.peer.Formation.Heard;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whom a node that comes back asks: the addresses it was given, those of the voters it noted, and whom whoever answers
/// names: the voters it knows of and the addresses it was given itself. A noted address may have been given to somebody
/// else since; only for those it was given does an operator vouch.
///
/// Invariant: it learns from nodes of its own cluster only, and no more than [#ADDRESSES_MAX] addresses.
///
/// Owned by: the thread that starts the node.
final class AddressBook {
    private static final Logger LOG = LoggerFactory.getLogger(AddressBook.class);

    static final int ADDRESSES_MAX = 100;

    private final Introduction self;
    private final Set<PeerAddress> given;
    private final Set<PeerAddress> addresses;
    private final Set<PeerAddress> strangers = new LinkedHashSet<>();

    /// @param self in its cluster
    /// @param given `cluster.nodes`
    /// @param noted who voted when this node last heard of it
    AddressBook(Introduction self, List<PeerAddress> given, List<Voter> noted) {
        this.self = self;
        this.given = Set.copyOf(given);
        this.addresses = new LinkedHashSet<>(given);
        noted.stream()
                .filter(voter -> voter.nodeId() != self.nodeId())
                .forEach(voter -> addresses.add(voter.address()));
    }

    List<PeerAddress> addresses() {
        return List.copyOf(addresses);
    }

    /// What was heard, without those who belong to another cluster and answer where only a note led: they count as
    /// silent. Whom the others name is asked from now on.
    Map<PeerAddress, Heard> sorted(Map<PeerAddress, Heard> heard) {
        Map<PeerAddress, Heard> sorted = new LinkedHashMap<>();
        heard.forEach((address, what) -> {
            sorted.put(address, sorted(address, what));
            if (what instanceof Heard.Answered(Introduction who) && who.isFormed() && !who.isStrangerTo(self)) {
                learn(who);
            }
        });
        return sorted;
    }

    private void learn(Introduction who) {
        Stream<PeerAddress> voters = who.known().voters().stream().map(Voter::address);
        Stream<PeerAddress> given = who.nodes().stream().flatMap(node -> Lines.address(node).stream());
        Stream.concat(voters, given)
                .takeWhile(address -> addresses.size() < ADDRESSES_MAX)
                .forEach(addresses::add);
    }

    private Heard sorted(PeerAddress address, Heard what) {
        if (!(what instanceof Heard.Answered(Introduction who)) || given.contains(address) || !who.isStrangerTo(self)) {
            return what;
        }
        if (strangers.add(address)) {
            LOG.warn(
                    "event=stranger-ignored address={} node={} cluster={} hint=\"a voter had this address; it is no"
                            + " node of this cluster now\"",
                    address,
                    who.nodeId(),
                    who.clusterId());
        }
        return new Heard.Silent("node " + who.nodeId() + " of cluster " + who.clusterId() + " has this address now");
    }
}
