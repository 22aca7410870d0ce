package io.millrace.broker.routing;

import io.millrace.model.DoublyHashed;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TextHash;

/// What a binding leads to.
///
/// Hash codes are written out: the order in which a table lists things follows from them and is the same on every node.
/// Targets have an order so that the JDK's sets stay quick when names were made to have the same hash code.
public sealed interface Destination extends DoublyHashed {
    /// Where a message comes to rest.
    sealed interface Target extends Destination permits ToQueue, ToTopic {}

    /// A queue of the same virtual host.
    record ToQueue(QueueName queue) implements Target, Comparable<ToQueue> {
        public ToQueue(String queue) {
            this(new QueueName(queue));
        }

        @Override
        public int compareTo(ToQueue other) {
            return queue.compareTo(other.queue);
        }

        @Override
        public int hashCode() {
            return queue.hashCode();
        }

        @Override
        public long secondHashCode() {
            return TextHash.of(queue.value());
        }
    }

    /// A Kafka topic; topics belong to no virtual host.
    record ToTopic(String topic) implements Target, Comparable<ToTopic> {
        @Override
        public int compareTo(ToTopic other) {
            return topic.compareTo(other.topic);
        }

        @Override
        public int hashCode() {
            return topic.hashCode() + 1;
        }

        @Override
        public long secondHashCode() {
            return TextHash.of(topic) + 1;
        }
    }

    /// Another exchange, or the same one.
    record ToExchange(ExchangeName exchange) implements Destination {
        public ToExchange(String exchange) {
            this(new ExchangeName(exchange));
        }

        @Override
        public int hashCode() {
            return exchange.hashCode() + 2;
        }

        @Override
        public long secondHashCode() {
            return TextHash.of(exchange.value()) + 2;
        }
    }
}
