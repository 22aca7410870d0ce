package io.millrace.console.resource;

import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.VhostView;
import java.util.AbstractCollection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// The queues of some virtual hosts, in their order by name: a view, so that a page of 100,000 copies nothing.
final class QueueRows extends AbstractCollection<QueueView> {
    private final List<VhostView> vhosts;

    QueueRows(List<VhostView> vhosts) {
        this.vhosts = vhosts;
    }

    @Override
    public int size() {
        return vhosts.stream().mapToInt(VhostView::queueCount).sum();
    }

    @Override
    public Iterator<QueueView> iterator() {
        return new OneAfterAnother(vhosts.iterator());
    }

    /// A stream would copy the whole of each virtual host.
    private static final class OneAfterAnother implements Iterator<QueueView> {
        private final Iterator<VhostView> vhosts;
        private Iterator<QueueView> queues = Collections.emptyIterator();

        OneAfterAnother(Iterator<VhostView> vhosts) {
            this.vhosts = vhosts;
        }

        @Override
        public boolean hasNext() {
            while (!queues.hasNext() && vhosts.hasNext()) {
                queues = vhosts.next().queuesFrom("").iterator();
            }
            return queues.hasNext();
        }

        @Override
        public QueueView next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return queues.next();
        }
    }
}
