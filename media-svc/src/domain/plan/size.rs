//! Sizes of pictures in square pixels.

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Size {
    /// The size on a screen of a stored picture: with square pixels, turned as its rotation says. Pixels that are square but for
    /// 1 % count as square.
    pub(super) fn displayed(width: i32, height: i32, (sar_num, sar_den): (i32, i32), rotation: i32) -> Self {
        let mut width = i64::from(width.max(1));
        let (num, den) = (i64::from(sar_num), i64::from(sar_den));
        // A shape beyond 1:10 is a mistake of the file.
        let is_shaped = num > 0 && den > 0 && num <= den * 10 && den <= num * 10;
        if is_shaped && (num - den).abs() * 100 > den {
            width = ((width * num + den / 2) / den).max(1);
        }
        let size = Self { width: i32::try_from(width).unwrap_or(i32::MAX), height: height.max(1) };
        if rotation.rem_euclid(180) == 90 { size.turned() } else { size }
    }

    fn turned(self) -> Self {
        Self { width: self.height, height: self.width }
    }

    /// The largest size of this shape, in even numbers, within the rectangle of 16:9 of this height, which stands upright for an
    /// upright picture. `None`: the picture would have to be enlarged, by more than 2 %.
    pub(super) fn within(self, height: i32) -> Option<Self> {
        if self.width < self.height {
            return self.turned().within(height).map(Self::turned);
        }
        let (own, frame) = ((i64::from(self.width), i64::from(self.height)), i64::from(height));
        // Scaled by height / own height, or by the width of the rectangle where the picture is wider than 16:9.
        let (num, den) = if own.0 * 9 > own.1 * 16 { (frame * 16, own.0 * 9) } else { (frame, own.1) };
        if num * 100 > den * 102 {
            return None;
        }
        let (num, den) = if num > den { (1, 1) } else { (num, den) };
        let scaled = |length: i64| even(length * num, den);
        Some(Self { width: scaled(own.0), height: scaled(own.1) })
    }

    /// The same in even numbers, as 4:2:0 needs them.
    pub(super) fn even(self) -> Self {
        Self { width: (self.width & !1).max(2), height: (self.height & !1).max(2) }
    }
}

/// The even number nearest to a fraction, at least 2.
fn even(num: i64, den: i64) -> i32 {
    i32::try_from((num + den) / (2 * den) * 2).unwrap_or(i32::MAX).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: i32, height: i32) -> Size {
        Size { width, height }
    }

    #[test]
    fn pixels_become_square() {
        // Case M11.
        assert_eq!(Size::displayed(720, 576, (64, 45), 0), size(1024, 576));
        assert_eq!(Size::displayed(1920, 1080, (31_679, 31_680), 0), size(1920, 1080));
        assert_eq!(Size::displayed(720, 480, (8, 9), 0), size(640, 480));
        assert_eq!(Size::displayed(1440, 1080, (4, 3), 0), size(1920, 1080));
        assert_eq!(Size::displayed(100, 100, (0, 1), 0), size(100, 100));
        assert_eq!(Size::displayed(100, 100, (1000, 1), 0), size(100, 100));
    }

    #[test]
    fn a_turned_picture_stands_upright() {
        assert_eq!(Size::displayed(1920, 1080, (1, 1), 90), size(1080, 1920));
        assert_eq!(Size::displayed(1920, 1080, (1, 1), 270), size(1080, 1920));
        assert_eq!(Size::displayed(1920, 1080, (1, 1), 180), size(1920, 1080));
        assert_eq!(Size::displayed(0, -1, (1, 1), 0), size(1, 1));
    }

    #[test]
    fn a_picture_is_reduced_and_never_enlarged() {
        for (own, height, reduced) in [
            (size(1920, 1080), 720, Some(size(1280, 720))),
            (size(1920, 1080), 480, Some(size(854, 480))),
            (size(1920, 1080), 360, Some(size(640, 360))),
            (size(1280, 720), 720, Some(size(1280, 720))),
            (size(1280, 720), 1080, None),
            // Wider and narrower than 16:9.
            (size(1920, 804), 1080, Some(size(1920, 804))),
            (size(1920, 804), 720, Some(size(1280, 536))),
            (size(1440, 1080), 720, Some(size(960, 720))),
            // Upright.
            (size(1080, 1920), 720, Some(size(720, 1280))),
            // Nearly 1080.
            (size(1906, 1072), 1080, Some(size(1906, 1072))),
            (size(321, 241), 360, None),
            (size(20_000, 10), 360, Some(size(640, 2))),
        ] {
            assert_eq!(own.within(height), reduced, "{own:?} at {height}");
        }
        assert_eq!(size(321, 241).even(), size(320, 240));
        assert_eq!(size(1, 1).even(), size(2, 2));
    }
}
