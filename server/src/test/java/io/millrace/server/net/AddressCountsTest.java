package io.millrace.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class AddressCountsTest {
    @Test
    void eachAddressHasItsOwnShareAndIsForgottenWhenItLeaves() throws UnknownHostException {
        AddressCounts counts = new AddressCounts(2);
        InetAddress one = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        InetAddress other = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});

        assertThat(counts.opened(one)).isTrue();
        assertThat(counts.opened(one)).isTrue();
        assertThat(counts.opened(one)).isFalse();
        assertThat(counts.opened(other)).isTrue();

        counts.closed(one);
        assertThat(counts.opened(one)).isTrue();
        counts.closed(one);
        counts.closed(one);
        counts.closed(other);
        assertThat(counts.addresses()).isZero();
    }
}
