"""The national tables a catalogue entry is classed by: what a page shows in its words, as one of a table's values.

Pure, and the one place of each: 主题分类 (``themes``), 体裁 (``genres``), 有效性 and 公开方式 (``standing``), what
条例 第二十条 and 第二十一条 list (``statutory``), and the core metadata of the catalogue (``core``). A value no table
knows stays what the page shows; nothing is guessed.
"""
