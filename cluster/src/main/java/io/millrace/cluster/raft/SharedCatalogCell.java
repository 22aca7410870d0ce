package io.millrace.cluster.raft;

import io.millrace.cluster.CatalogCell;
import io.millrace.cluster.KnownTopology;
import io.millrace.cluster.metadata.MetadataImage;
import java.util.List;

/// A cell that hands images from the metadata thread to all others.
final class SharedCatalogCell implements CatalogCell {
    private volatile MetadataImage image;
    private volatile KnownTopology known;

    SharedCatalogCell(MetadataImage image) {
        this.image = image;
        this.known = new KnownTopology(image.topology(), List.of());
    }

    @Override
    public MetadataImage get() {
        return image;
    }

    @Override
    public void set(MetadataImage image) {
        this.image = image;
    }

    @Override
    public KnownTopology known() {
        return known;
    }

    @Override
    public void know(KnownTopology now) {
        known = now;
    }
}
