package tracker

import (
	"slices"
	"testing"
)

func TestTagsAbove(t *testing.T) {
	s := goodsSnapshot(t)
	for _, c := range []struct{ tags, want []string }{
		{nil, []string{}},
		{[]string{"rare-earth-magnet"}, []string{"critical-mineral", "rare-earth", "rare-earth-magnet"}},
		{[]string{"artificial-graphite", "graphite-anode"}, []string{"artificial-graphite", "battery", "critical-mineral", "graphite", "graphite-anode"}},
		{[]string{"rare-earth", "rare-earth-magnet"}, []string{"critical-mineral", "rare-earth", "rare-earth-magnet"}},
		{[]string{"unheard-of"}, []string{"unheard-of"}},
		{[]string{"snake"}, []string{"snake", "tail"}},
	} {
		if got := s.TagsAbove(c.tags); !slices.Equal(got, c.want) {
			t.Errorf("above %v: %v, want %v", c.tags, got, c.want)
		}
	}
}

// goodsSnapshot has the part of the starter tree that tests of scope use, and a ring.
func goodsSnapshot(t testing.TB) *Snapshot {
	t.Helper()
	s, err := NewSnapshot(Facts{Goods: testGoods()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func testGoods() []Tag {
	return []Tag{
		{Slug: "critical-mineral", EN: "Critical minerals", ZH: "关键矿产"},
		{Slug: "rare-earth", EN: "Rare earths", ZH: "稀土", Parent: "critical-mineral", Also: []string{"REE", "稀土元素"}},
		{Slug: "medium-heavy-rare-earth", EN: "Medium and heavy rare earths", ZH: "中重稀土", Parent: "rare-earth", Also: []string{"dysprosium", "镝"}},
		{Slug: "rare-earth-magnet", EN: "Rare-earth magnets", ZH: "稀土永磁材料", Parent: "rare-earth", Also: []string{"NdFeB", "neodymium magnet", "钕铁硼", "磁体"}},
		{Slug: "rare-earth-technology", EN: "Rare-earth technology", ZH: "稀土技术", Parent: "rare-earth"},
		{Slug: "gallium", EN: "Gallium", ZH: "镓", Parent: "critical-mineral"},
		{Slug: "graphite", EN: "Graphite", ZH: "石墨", Parent: "critical-mineral"},
		{Slug: "natural-graphite", EN: "Natural graphite", ZH: "天然石墨", Parent: "graphite", Also: []string{"flake graphite"}},
		{Slug: "artificial-graphite", EN: "Artificial graphite", ZH: "人造石墨", Parent: "graphite", Also: []string{"synthetic graphite"}},
		{Slug: "battery", EN: "Batteries and their inputs", ZH: "电池及其材料"},
		{Slug: "lithium-battery", EN: "Lithium-ion batteries", ZH: "锂离子电池", Parent: "battery", Also: []string{"lithium battery", "li-ion", "动力电池"}},
		{Slug: "cathode-material", EN: "Cathode materials", ZH: "正极材料", Parent: "battery", Also: []string{"LFP"}},
		{Slug: "graphite-anode", EN: "Graphite anode materials", ZH: "石墨负极材料", Parent: "battery", Also: []string{"anode", "负极材料"}},
		{Slug: "battery-equipment", EN: "Battery-making equipment", ZH: "电池制造设备", Parent: "battery"},
		{Slug: "semiconductor", EN: "Semiconductors", ZH: "半导体", Also: []string{"chips", "芯片"}},
		{Slug: "discrete-semiconductor", EN: "Discrete semiconductors", ZH: "分立器件", Parent: "semiconductor"},
		{Slug: "vessel", EN: "Ships", ZH: "船舶"},
		{Slug: "farm-goods", EN: "Farm goods", ZH: "农产品"},
		{Slug: "soybean", EN: "Soybeans", ZH: "大豆", Parent: "farm-goods"},
		{Slug: "dual-use", EN: "Dual-use items at large", ZH: "两用物项（总称）"},
		{Slug: "all-goods", EN: "All goods", ZH: "全部商品"},
		{Slug: "snake", EN: "Snake", ZH: "蛇", Parent: "tail"},
		{Slug: "tail", EN: "Tail", ZH: "尾", Parent: "snake"},
	}
}
