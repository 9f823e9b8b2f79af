/** What the shop sells on its first day: prices in euro cents, by category. */

export interface SeedCategory {
  readonly id: string
  readonly name: string
  readonly products: ReadonlyArray<SeedProduct>
}

export interface SeedProduct {
  readonly id: string
  readonly name: string
  readonly cents: number
  readonly description: string
  /** Other categories that show it too. */
  readonly alsoIn: ReadonlyArray<string>
}

const product = (
  id: string,
  name: string,
  cents: number,
  description: string,
  ...alsoIn: ReadonlyArray<string>
): SeedProduct => ({ id, name, cents, description, alsoIn })

export const categories: ReadonlyArray<SeedCategory> = [
  {
    id: "gifts",
    name: "Gifts",
    products: [
      product("gift-card-50", "Gift card 50", 5000, "Fifty euros to spend on anything in the shop. Never expires."),
      product("gift-wrap", "Gift wrapping", 450, "Kraft paper, cotton ribbon and a handwritten card.")
    ]
  },
  {
    id: "kitchen",
    name: "Kitchen",
    products: [
      product("chefs-knife", "Chef's knife 20 cm", 8900, "Forged carbon steel with an ash handle. Takes a keen edge."),
      product("bread-knife", "Bread knife 25 cm", 6400, "Pointed serrations that go through the hardest crust."),
      product("cutting-board", "Oak cutting board", 4900, "End grain, oiled, with a juice groove on one side."),
      product("cast-iron-pan", "Cast iron pan 26 cm", 5900, "Seasoned with flaxseed oil. Lasts longer than its owner."),
      product("saucepan", "Saucepan 1.8 l", 7400, "Three-ply steel with a pouring rim and a tight lid."),
      product("stock-pot", "Stock pot 8 l", 11900, "For soup, pasta and jam. Suits induction."),
      product("mixing-bowls", "Mixing bowls, set of 3", 3600, "Enamelled steel that nests; 1, 2 and 3.5 litres."),
      product("kitchen-scales", "Kitchen scales", 3200, "Weighs to the gram up to 5 kg; charged over USB-C."),
      product("pepper-mill", "Pepper mill", 4200, "Beech with a steel grinder, coarse to dust.", "gifts"),
      product("tea-towels", "Linen tea towels, pair", 2400, "Washed linen that dries glasses without a trace.", "gifts")
    ]
  },
  {
    id: "coffee-and-tea",
    name: "Coffee and tea",
    products: [
      product("gooseneck-kettle", "Gooseneck kettle", 7900, "Holds 0.9 litres and the temperature you set.", "kitchen"),
      product("pour-over-dripper", "Pour-over dripper", 2600, "Porcelain cone for one or two cups."),
      product("paper-filters", "Paper filters, 100", 650, "Unbleached, for dripper and carafe."),
      product("hand-grinder", "Hand coffee grinder", 9800, "Steel burrs, 36 steps, 25 grams at a time.", "gifts"),
      product("moka-pot", "Moka pot, 6 cups", 3900, "Aluminium classic with a new seal in the box."),
      product("french-press", "French press 1 l", 3400, "Borosilicate glass in a steel frame."),
      product(
        "stoneware-mug",
        "Stoneware mug",
        1600,
        "Glazed by hand, so no two are alike. Holds 300 ml.",
        "tableware",
        "gifts"
      ),
      product("teapot", "Glass teapot 1.2 l", 4500, "With a basket wide enough for leaves to open."),
      product("sencha", "Sencha, 100 g", 1250, "First harvest from Shizuoka, steamed and green.")
    ]
  },
  {
    id: "tableware",
    name: "Tableware",
    products: [
      product("dinner-plates", "Dinner plates, set of 4", 5600, "Speckled stoneware, 27 cm. Goes in the dishwasher."),
      product("pasta-bowls", "Pasta bowls, set of 4", 5200, "Wide rim, deep middle, the same speckle as the plates."),
      product("water-glasses", "Water glasses, set of 6", 2900, "Stackable, hardened, 270 ml."),
      product("wine-glasses", "Wine glasses, set of 6", 5400, "One shape for red and white; mouth-blown."),
      product("cutlery", "Cutlery, 24 pieces", 12900, "Matt steel for six people, in a felt roll."),
      product("carafe", "Water carafe 1 l", 2700, "With a cork ball for a stopper.", "gifts"),
      product("salad-servers", "Salad servers", 2200, "Olive wood from Umbria, oiled once a year.")
    ]
  },
  {
    id: "living-room",
    name: "Living room",
    products: [
      product("wool-throw", "Wool throw", 9900, "Lambswool in herringbone, 140 by 200 cm.", "bedroom", "gifts"),
      product("floor-lamp", "Floor lamp", 18900, "Brass arm and paper shade; dims with the foot."),
      product("side-table", "Side table", 14900, "Oiled walnut on three legs, 45 cm across."),
      product("cushion-cover", "Cushion cover 50 cm", 3400, "Heavy cotton with a hidden zip. Six colours."),
      product("wall-clock", "Wall clock", 6900, "Silent movement behind a pressed steel face."),
      product("picture-ledge", "Picture ledge 80 cm", 2900, "Solid ash with screws that stay out of sight."),
      product("beeswax-candles", "Beeswax candles, 6", 1900, "Dipped by hand; each burns seven hours.", "gifts")
    ]
  },
  {
    id: "bedroom",
    name: "Bedroom",
    products: [
      product("linen-bedding", "Linen bedding, double", 18900, "Cover and two pillowcases, softer every wash."),
      product("down-pillow", "Down pillow", 7900, "Three chambers: firm below, soft above."),
      product("wool-duvet", "Wool duvet 200 cm", 16900, "Warm in winter and dry in summer."),
      product("bedside-lamp", "Bedside lamp", 6400, "Opal glass ball; warm light, no glare."),
      product("alarm-clock", "Alarm clock", 4400, "One alarm, one button, no phone.", "gifts"),
      product("clothes-hangers", "Clothes hangers, 10", 3200, "Beech, with a notch for straps."),
      product("laundry-basket", "Laundry basket", 5900, "Cotton bag on a folding oak frame.")
    ]
  },
  {
    id: "desk",
    name: "Desk",
    products: [
      product("notebook-a5", "Notebook A5", 1450, "Dotted, 160 pages, lies flat.", "gifts"),
      product("fountain-pen", "Fountain pen", 5900, "Steel nib, piston filler, fits every hand.", "gifts"),
      product("ink-bottle", "Ink, blue-black 50 ml", 1600, "Dries in seconds and doesn't feather."),
      product("desk-lamp", "Desk lamp", 12900, "Balanced arm; 2,700 to 5,000 kelvin."),
      product("desk-pad", "Felt desk pad", 3900, "Wool felt on cork, 80 by 30 cm."),
      product("pencil-cup", "Pencil cup", 1900, "Turned from one piece of maple."),
      product("paper-tray", "Paper tray", 3400, "Folded steel for A4, and stackable."),
      product("mechanical-keyboard", "Mechanical keyboard", 14900, "Quiet switches, 75 percent, aluminium case.")
    ]
  },
  {
    id: "garden",
    name: "Garden",
    products: [
      product("hand-trowel", "Hand trowel", 2400, "Stainless blade with depth marks, ash handle."),
      product("secateurs", "Secateurs", 4900, "Bypass blades; every part can be replaced.", "gifts"),
      product("watering-can", "Watering can 5 l", 5400, "Galvanised steel with a brass rose."),
      product("gardening-gloves", "Gardening gloves", 1900, "Goatskin palms, cotton backs, sizes 7 to 10."),
      product("terracotta-pot", "Terracotta pot 24 cm", 1700, "Frost-proof down to minus 15 degrees."),
      product("herb-seeds", "Herb seeds, 8 kinds", 1400, "Basil to thyme, organic, sown until May.", "kitchen"),
      product("fire-bowl", "Fire bowl 60 cm", 15900, "Raw steel that rusts handsomely.")
    ]
  },
  {
    id: "travel",
    name: "Travel",
    products: [
      product("weekender", "Weekender bag", 17900, "Waxed canvas, 38 litres, fits the overhead locker."),
      product("rucksack", "Rucksack 22 l", 11900, "Roll top with a padded sleeve for a laptop.", "desk"),
      product("vacuum-flask", "Vacuum flask 0.75 l", 3600, "Hot for twelve hours, cold for a day.", "coffee-and-tea"),
      product("wash-bag", "Wash bag", 4200, "Hangs from a hook; lined with coated cotton."),
      product("packing-cubes", "Packing cubes, set of 3", 2900, "Ripstop nylon that weighs next to nothing."),
      product("umbrella", "Umbrella", 4900, "Eight ribs of fibreglass; turns inside out and back."),
      product("travel-blanket", "Travel blanket", 6900, "Merino that rolls up into its own pouch.")
    ]
  }
]
